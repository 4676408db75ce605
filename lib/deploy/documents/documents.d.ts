declare module '*/.documents/openapi.json' {
  const document: { openapi: string } & Record<string, unknown>;
  export default document;
}
