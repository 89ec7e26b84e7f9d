// Plain HTML whose look is drawn by lot for every screen: what all apps have in common, and nothing of one kit.

import "../common/base.css";
import "./style.css";
import { install } from "../core/main.js";
import * as forms from "./forms.js";
import { icon } from "./icon.js";
import * as lists from "./lists.js";
import { overlays } from "./overlays.js";
import { screen } from "./screen.js";
import { theme } from "./theme.js";

install({ name: "varied", look: "android", icon, theme, screen, overlays, components: { ...lists, ...forms } });
