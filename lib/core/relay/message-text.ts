// SQS refuses U+FFFE and U+FFFF for ever, fauxqs 2.4 also what lies above the basic plane. As escapes they pass, and
// mean the same in JSON.
const refused = /[\uD800-\uDFFF\uFFFE\uFFFF]/g;

const escapeUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16)}`;

/** A value as JSON that every queue takes. */
export const toMessageText = (value: unknown): string => JSON.stringify(value).replace(refused, escapeUnit);
