// Builds the style sheet and the scripts into ../static/build, named by their contents, each also compressed, and
// writes the manifest. What pages that are open and servers that run may still ask for stays for a day.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

const out = "../static/build";
const made = "../static/build.new";
rmSync(made, { recursive: true, force: true });
mkdirSync(made, { recursive: true });
mkdirSync(out, { recursive: true });

const sheet = `${made}/app.css`;
execFileSync("node_modules/.bin/tailwindcss", ["-i", "src/app.css", "-o", sheet, "--minify"], {
  stdio: ["ignore", "ignore", "inherit"],
});
const digest = createHash("sha256").update(readFileSync(sheet)).digest("hex").slice(0, 8).toUpperCase();
const manifest = { "app.css": `app.${digest}.css` };
renameSync(sheet, `${made}/${manifest["app.css"]}`);

const { metafile } = await build({
  entryPoints: ["src/app.js"],
  outdir: made,
  entryNames: "[name].[hash]",
  chunkNames: "[name].[hash]",
  bundle: true,
  splitting: true, // what is imported when it is needed becomes a file of its own
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  metafile: true,
});
for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
  if (entryPoint) manifest[entryPoint.replace(/.*\//, "")] = path.replace(/.*\//, "");
}

for (const name of readdirSync(made)) {
  const content = readFileSync(`${made}/${name}`);
  writeFileSync(`${made}/${name}.br`, brotliCompressSync(content));
  writeFileSync(`${made}/${name}.gz`, gzipSync(content, { level: 9 }));
}
writeFileSync(`${made}/manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`);

const kept = new Set(readdirSync(made));
for (const name of kept) if (name !== "manifest.json") renameSync(`${made}/${name}`, `${out}/${name}`);
renameSync(`${made}/manifest.json`, `${out}/manifest.json`);
for (const name of readdirSync(out)) if (!kept.has(name) && isOld(`${out}/${name}`)) rmSync(`${out}/${name}`);
rmSync(made, { recursive: true });

function isOld(path) {
  return Date.now() - statSync(path).mtimeMs > 24 * 3600 * 1000;
}

console.log(`built ${Object.values(manifest).join(", ")}`);
