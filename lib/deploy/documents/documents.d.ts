declare module '*/.documents/asyncapi.json' {
  const document: { asyncapi: string } & Record<string, unknown>;
  export default document;
}

declare module '*/.documents/openapi.json' {
  const document: { openapi: string } & Record<string, unknown>;
  export default document;
}
