// Builds webapp/static/ from our sources and the npm packages, without a bundler; the output is reproducible.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const assets = dirname(fileURLToPath(import.meta.url));
const modules = join(assets, "node_modules");
const target = join(assets, "..", "static");
// Built in a separate folder and renamed at the end, so that a running site always has its files.
const out = join(modules, ".trackpulse-static");

class BuildError extends Error {}

/** The bytes of a file of node_modules, or a BuildError if their checksum differs from vendor.json. */
function checked(path, sha256) {
  const file = join(modules, path);
  if (!existsSync(file)) {
    throw new BuildError(`node_modules/${path} is missing: run 'npm install' in webapp/assets first.`);
  }
  const bytes = readFileSync(file);
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found !== sha256) {
    throw new BuildError(`node_modules/${path} has the sha256 ${found}, but vendor.json has ${sha256}.`);
  }
  return bytes;
}

/** Checks every listed file, and copies those with a target name without their source map lines. */
function vendor() {
  const list = JSON.parse(readFileSync(join(assets, "vendor.json"), "utf8"));
  for (const [path, { sha256, target: name }] of Object.entries(list)) {
    const text = checked(path, sha256).toString("utf8");
    if (name) {
      writeFileSync(join(out, "vendor", name), text.replace(/^\/[/*][#@] *sourceMappingURL=.*$\n?/gm, ""));
    }
  }
}

function styles() {
  const cli = join(modules, "@tailwindcss", "cli", "dist", "index.mjs");
  const input = join(assets, "css", "app.css");
  execFileSync(process.execPath, [cli, "--input", input, "--output", join(out, "app.css"), "--minify"], {
    cwd: assets,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

try {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(out, "vendor"), { recursive: true });
  vendor();
  styles();
  cpSync(join(assets, "js"), join(out, "js"), { recursive: true });
  cpSync(join(assets, "icon.svg"), join(out, "icon.svg"));
  rmSync(target, { recursive: true, force: true });
  renameSync(out, target);
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
