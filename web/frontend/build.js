// Builds the style sheet and the script into ../static/build, named by their contents, and writes the manifest.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const out = "../static/build";
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

execFileSync("node_modules/.bin/tailwindcss", ["-i", "src/app.css", "-o", `${out}/app.css`, "--minify"], {
  stdio: ["ignore", "ignore", "inherit"],
});
await build({
  entryPoints: ["src/app.js"],
  outfile: `${out}/app.js`,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
});

const manifest = {};
for (const name of ["app.css", "app.js"]) {
  const digest = createHash("sha256").update(readFileSync(`${out}/${name}`)).digest("hex").slice(0, 12);
  const [stem, extension] = name.split(".");
  manifest[name] = `${stem}.${digest}.${extension}`;
  renameSync(`${out}/${name}`, `${out}/${manifest[name]}`);
}
writeFileSync(`${out}/manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`);
console.log(`built ${Object.values(manifest).join(" and ")}`);
