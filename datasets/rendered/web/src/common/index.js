// What every kit draws alike, in the look that its CSS variables give; a kit's own component goes before these.

import { bubbles } from "./bubbles.js";
import { calendar } from "./calendar.js";
import { chart } from "./chart.js";
import { grid } from "./grid.js";
import { keyboard, keypad } from "./keys.js";
import { map } from "./map.js";
import { gallery, picture } from "./picture.js";
import { player } from "./player.js";
import { rating } from "./rating.js";
import { stats } from "./stats.js";
import { steps } from "./steps.js";
import { notification } from "./notification.js";
import { table } from "./table.js";
import { banner, buttons, divider, text } from "./text.js";

export { systemBars } from "./system.js";

export const components = {
  banner, bubbles, buttons, calendar, chart, divider, gallery, grid, keypad, map, picture, player, rating, stats, steps, table, text,
};
export const overlays = { keyboard, notification };
