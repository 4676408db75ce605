// Numbers as Prometheus text (exposition format 0.0.4).
export interface Sample {
  name: string;
  help: string;
  /** Null if it is not known: then there is no line. */
  value: number | null;
  labels?: Record<string, string>;
}

const escapeLabel = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const line = ({ name, labels = {}, value }: Sample): string => {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
};

export const toPrometheus = (samples: Sample[]): string =>
  [
    ...Map.groupBy(
      samples.filter(({ value }) => value !== null),
      ({ name }) => name,
    ),
  ]
    .flatMap(([name, group]) => [
      `# HELP ${name} ${group[0]?.help}`,
      `# TYPE ${name} gauge`,
      ...group.map(line),
    ])
    .join('\n')
    .concat('\n');
