/** What names are made of on a stage. */
export interface StageNaming {
  service: string;
  stage: string;
  queuePrefix: string;
  projectionMode: string;
}
