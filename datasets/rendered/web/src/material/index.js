// Material Web (Material 3) with Material Symbols.

import "../common/base.css";
import "./style.css";
import { install } from "../core/main.js";
import "./elements.js";
import * as forms from "./forms.js";
import { icon } from "./icon.js";
import * as lists from "./lists.js";
import { overlays } from "./overlays.js";
import { screen } from "./screen.js";
import { theme } from "./theme.js";

install({ name: "material-web", look: "android", icon, theme, screen, overlays, components: { ...lists, ...forms } });
