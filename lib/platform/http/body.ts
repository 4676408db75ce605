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

/**
 * @returns undefined where there is no body, whatever the content type.
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
  const text = decode(bytes);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_input', 'The body is not valid JSON', { cause });
  }
};
