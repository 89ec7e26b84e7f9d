// Bundles one folder a kit: node build.mjs OUT. Run in a folder that has node_modules.

import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { build } from "esbuild";

const require = createRequire(import.meta.url);
const out = process.argv[2];
const KITS = { ionic: "src/ionic/index.js", material: "src/material/index.js", antd: "src/antd/index.jsx", varied: "src/varied/index.js" };
const MODULES = "node_modules";

const table = readFileSync("icons.txt", "utf8").split("\n").filter((line) => line && !line.startsWith("#")).map((line) => line.split(/\s+/));
const svg = (path) => readFileSync(join(MODULES, path), "utf8").replace(/<!--.*?-->/gs, "").replace(/\s+/g, " ").replace(/ (width|height)="\d+"/, "").replace(/ (width|height)="\d+"/, "").trim();
const tabler = (name) => [svg(`@tabler/icons/icons/outline/${name}.svg`), tablerFilled(name)];

function tablerFilled(name) {
  try {
    return svg(`@tabler/icons/icons/filled/${name}.svg`);
  } catch {
    return svg(`@tabler/icons/icons/outline/${name}.svg`); // has no filled form
  }
}

// Each icon as two SVGs, outlined and filled.
const DRAWN = {
  ionic: (_, ion) => (ion.startsWith("t:") ? tabler(ion.slice(2)) : [svg(`ionicons/dist/svg/${ion}-outline.svg`), svg(`ionicons/dist/svg/${ion}.svg`)]),
  material: (_, __, symbol) => ["", "-fill"].map((end) => svg(`@material-symbols/svg-400/outlined/${symbol}${end}.svg`)),
  antd: (_, __, ___, name) => (name.startsWith("t:") ? tabler(name.slice(2)) : antd(name)),
};

function antd(name) {
  const { createElement } = require("react");
  const { renderToStaticMarkup } = require("react-dom/server");
  const icons = require("antd-mobile-icons");
  const draw = (icon) => renderToStaticMarkup(createElement(icon)).replace(/ (width|height)="1em"/g, "");
  return [draw(icons[name]), draw(icons[name.replace("Outline", "Fill")] ?? icons[name])];
}

const icons = {
  name: "icons",
  setup(bundle) {
    bundle.onResolve({ filter: /^icons:/ }, ({ path }) => ({ path: path.slice(6), namespace: "icons" }));
    bundle.onLoad({ filter: /.*/, namespace: "icons" }, ({ path }) => ({
      contents: JSON.stringify(Object.fromEntries(table.map((row) => [row[0], DRAWN[path](...row)]))),
      loader: "json",
    }));
  },
};

// antd-mobile's own animation library, wherever npm has put it: the page turns its animations off.
const nested = join(MODULES, "antd-mobile", MODULES, "@react-spring/web");
const spring = resolve(existsSync(nested) ? nested : join(MODULES, "@react-spring/web"));

for (const [kit, entry] of Object.entries(KITS)) {
  await build({
    entryPoints: { kit: entry },
    outdir: join(out, kit),
    bundle: true,
    minify: true,
    format: "iife",
    target: "chrome110",
    define: { "process.env.NODE_ENV": '"production"' },
    loader: { ".woff2": "file", ".svg": "dataurl", ".png": "dataurl" },
    jsx: "automatic",
    alias: { "@react-spring/web": spring },
    plugins: [icons],
    logLevel: "error",
  });
  const page = '<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="kit.css"></head><body><script src="kit.js"></script></body></html>';
  writeFileSync(join(out, kit, "index.html"), page);
}

cpSync(join(MODULES, "@twemoji/svg"), join(out, "flat"), { recursive: true });
cpSync(join(MODULES, "@lobehub/fluent-emoji-3d/assets"), join(out, "modelled"), { recursive: true });
