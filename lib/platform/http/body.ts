// A request's body as JSON, or the reason why not.
import { AppError } from '../../core/errors.ts';

const limitBytes = 128 * 1024;

const isJson = (contentType: string): boolean => {
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  const charset = parameters.map((one) => one.trim()).find((one) => one.startsWith('charset='));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  return isUtf8 && /^application\/([\w.!#$&^-]+\+)?json$/.test(type.trim());
};

const decode = (bytes: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('invalid_input', 'The body is not valid UTF-8', { cause });
  }
};

/** Node's decoder skips what is not base64; the gateway never sends such a thing, so it is a broken request. */
const fromBase64 = (text: string): Buffer => {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text))
    throw new AppError('invalid_input', 'The body is not valid base64');
  return Buffer.from(text, 'base64');
};

/** The database stores 100 levels; some are its own. */
const mostLevels = 90;

const isStorable = (value: unknown): boolean => {
  let level = [value];
  for (let depth = 0; depth <= mostLevels; depth += 1) {
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
    if (level.length === 0) return true;
  }
  return false;
};

/** `1.50` and `15e-1` as digits behind a point and an exponent, so that two spellings of one number are equal. */
const digitsOf = (number: string): string => {
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(number) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const kept = digits.replace(/0+$/, '');
  return kept === '' ? '0' : `${sign}${kept}e${Number(exponent) - fraction.length + digits.length}`;
};

/** A number that cannot be kept as it is written (1.9999999999999999 would be 2) is none. */
const exactly = (_: string, value: unknown, from?: { source?: string }): unknown =>
  typeof value === 'number' && from?.source !== undefined && digitsOf(from.source) !== digitsOf(String(value))
    ? Number.NaN
    : value;

/** Any number of up to 15 characters without an exponent is kept. Looking at each value costs more than the parsing. */
const mayBeInexact = /[\d.]{16}|\d[eE]/;

const parseJson = (text: string): unknown => {
  try {
    return mayBeInexact.test(text) ? JSON.parse(text, exactly) : JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_input', 'The body is not valid JSON', { cause });
  }
};

/**
 * @returns undefined if there is no body, whatever the content type.
 * @throws AppError `payload_too_large` over 128 KiB, `unsupported_media_type`, `invalid_input` for malformed JSON.
 */
export const parseJsonBody = (
  body: string | undefined,
  isBase64: boolean,
  contentType: string | undefined,
): unknown => {
  if (body === undefined || body === null || body === '') return undefined;
  const bytes = isBase64 ? fromBase64(body) : Buffer.from(body);
  if (bytes.byteLength > limitBytes) {
    throw new AppError('payload_too_large', `The body may have up to ${limitBytes} bytes`);
  }
  if (contentType === undefined || !isJson(contentType)) {
    throw new AppError('unsupported_media_type', 'Send application/json');
  }
  const value = parseJson(decode(bytes));
  if (!isStorable(value))
    throw new AppError('invalid_input', `The body may be nested up to ${mostLevels} levels deep`);
  return value;
};
