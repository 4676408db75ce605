// ETags. Strong: each is made from the whole body as it is sent, so it changes whenever the answer can. That of a document,
// and of a command's answer, begins with the version, so that a command can insist on it. RFC 9110, 8.8.3 and 13.1.
import { createHash } from 'node:crypto';

const hashOf = (body: string | Uint8Array): string =>
  createHash('sha256').update(body).digest('base64url').slice(0, 22);

/** `"3-Zm9v…"`; `"-Zm9v…"` of what has no version. */
export const etagOf = (body: string | Uint8Array, version?: number): string =>
  `"${version ?? ''}-${hashOf(body)}"`;

interface EntityTag {
  isWeak: boolean;
  opaque: string;
}

const entityTag = /[\s,]*(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*(?:,[\s,]*|$)/y;

/** The tags of a header; undefined when the header is malformed. */
const findTags = (header: string): EntityTag[] | undefined => {
  const tags: EntityTag[] = [];
  entityTag.lastIndex = 0;
  while (entityTag.lastIndex < header.length) {
    const [found, weak, opaque = ''] = entityTag.exec(header) ?? [];
    if (found === undefined) return undefined;
    tags.push({ isWeak: weak !== undefined, opaque });
  }
  return tags.length === 0 ? undefined : tags;
};

const versionOf = ({ isWeak, opaque }: EntityTag): number[] => {
  const version = /^(0|[1-9]\d{0,14})(?:-|$)/.exec(opaque)?.[1];
  return isWeak || version === undefined ? [] : [Number(version)];
};

/** The versions that `If-Match` accepts; weak tags, and tags that we did not give, match none. Undefined: malformed. */
export const acceptedVersions = (header: string): number[] | '*' | undefined =>
  header.trim() === '*' ? '*' : findTags(header)?.flatMap(versionOf);

/** Whether `If-None-Match` names what would be answered, so that it need not be sent again. */
export const isKnown = (header: string | undefined, etag: string): boolean =>
  header !== undefined &&
  (header.trim() === '*' || (findTags(header) ?? []).some(({ opaque }) => `"${opaque}"` === etag));
