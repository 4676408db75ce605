/** What names are made of on a stage. */
export interface Place {
  service: string;
  stage: string;
  queuePrefix: string;
  projectionMode: string;
}
