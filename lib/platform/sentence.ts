/** An error that somebody else has to mend: Lambda logs its stack as well, and frames would only drown the sentence. */
export const sentence = (message: string, cause?: unknown): Error => {
  const error = new Error(message, { cause });
  error.stack = `${error.name}: ${message}`;
  return error;
};
