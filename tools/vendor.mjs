// Copies the pinned third-party files that the pages load into the package. Run: npm ci && npm run vendor
import { copyFileSync, mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, "enduse", "web", "static", "vendor");
const sans = "@fontsource-variable/public-sans/files/public-sans";
const mono = "@fontsource/ibm-plex-mono/files/ibm-plex-mono";
const files = [
  "htmx.org/dist/htmx.min.js",
  `${sans}-latin-wght-normal.woff2`,
  `${sans}-latin-ext-wght-normal.woff2`,
  `${mono}-latin-400-normal.woff2`,
  `${mono}-latin-500-normal.woff2`,
  // Letters and licences in any alphabet; the pages do not load these.
  "dejavu-fonts-ttf/ttf/DejaVuSans.ttf",
  "dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf",
];

mkdirSync(target, { recursive: true });
for (const file of files) copyFileSync(join(root, "node_modules", file), join(target, basename(file)));
console.log(`${files.length} files in ${target}`);
