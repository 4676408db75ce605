// Names a failed message for good: by the id in its body, whatever else is wrong with it. Who records a failure and
// who works with the dead letters later must come to the same name. What could not stand in a path is no id.

const stringIn = (message: object, field: string): string | undefined => {
  const value: unknown = Object.getOwnPropertyDescriptor(message, field)?.value;
  return typeof value === 'string' && /^[\x21-\x7e]{1,300}$/.test(value) ? value : undefined;
};

/** The id of the event or of the queued command in a message. */
export const eventIdIn = (body: string): { eventId?: string } => {
  try {
    const message: unknown = JSON.parse(body);
    if (typeof message !== 'object' || message === null) return {};
    const eventId = stringIn(message, 'event_id') ?? stringIn(message, 'command_id');
    return eventId === undefined ? {} : { eventId };
  } catch {
    return {};
  }
};
