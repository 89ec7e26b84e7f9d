// Ionic, in iOS's look or Material's, as the page's address asks (#ios, #md).

import "@ionic/core/css/core.css";
import "@ionic/core/css/normalize.css";
import "@ionic/core/css/structure.css";
import "@ionic/core/css/typography.css";
import "@ionic/core/css/palettes/dark.class.css";
import "../common/base.css";
import "./style.css";
import { install } from "../core/main.js";
import { register } from "./elements.js";
import * as forms from "./forms.js";
import { icon } from "./icon.js";
import * as lists from "./lists.js";
import { overlays } from "./overlays.js";
import { screen } from "./screen.js";
import { theme } from "./theme.js";

const mode = location.hash === "#md" ? "md" : "ios";
register(mode);

install({
  name: `ionic-${mode}`,
  look: mode === "ios" ? "ios" : "android",
  icon: icon(mode),
  theme,
  screen,
  overlays,
  components: { ...lists, ...forms },
});
