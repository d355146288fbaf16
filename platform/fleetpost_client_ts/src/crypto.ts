/* WebCrypto, wherever this runs. */

/** Gives WebCrypto: it is global save in Node 18. */
export async function webCrypto(): Promise<Crypto> {
  if (globalThis.crypto) return globalThis.crypto;
  const module: string = "node:crypto"; // named apart, so that no bundler looks for it
  return ((await import(module)) as { webcrypto: Crypto }).webcrypto;
}

/** Makes a key that no other request has. */
export async function newKey(): Promise<string> {
  const random = (await webCrypto()).getRandomValues(new Uint8Array(16));
  return Array.from(random, (octet) => octet.toString(16).padStart(2, "0")).join("");
}
