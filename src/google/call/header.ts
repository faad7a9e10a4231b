/**
 * A header of a reply or of an error. Depending on the library that read it, headers are a plain object with names in
 * lower case, the `Headers` of Node, or the one of node-fetch, which is no instance of it.
 */
export function header(headers: unknown, name: string): string | null {
  if (typeof headers !== 'object' || headers === null) return null;
  const get: unknown = Reflect.get(headers, 'get');
  const value: unknown = typeof get === 'function' ? Reflect.apply(get, headers, [name]) : Reflect.get(headers, name);
  return typeof value === 'string' ? value : null;
}
