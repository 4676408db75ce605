// Stands in for the package `whatwg-url` in bundles: Node's own classes follow the same standard, and the package
// brings 290 KB of Unicode tables, a third of a bundle, for the driver to read one connection string with.
export { URL, URLSearchParams } from 'node:url';
