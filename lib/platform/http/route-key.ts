// A route's key: `POST /tickets/{id}/note`. A gateway knows nothing behind a parameter that takes up the rest of a path;
// what stands there (`{stream_id+}/mend`) is looked for by the function.

/** The key as the gateway has it. */
export const gatewayKey = (key: string): string => key.replace(/(\{\w+\+\}).*$/, '$1');

export interface PathEnd {
  parameter: string;
  end: string;
}

/** What a route has behind its last parameter that the gateway leaves to the function. */
export const pathEndOf = (key: string): PathEnd | undefined => {
  const [, parameter = '', end = ''] = /\{(\w+)\+\}(.+)$/.exec(key) ?? [];
  return end === '' ? undefined : { parameter, end };
};
