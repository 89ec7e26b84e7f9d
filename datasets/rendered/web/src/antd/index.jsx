// antd-mobile: React components, drawn one root a component and handed on as elements.

import "antd-mobile/es/global/index.js";
import { Globals } from "@react-spring/web";
import "../common/base.css";
import "./style.css";
import { install } from "../core/main.js";
import * as forms from "./forms.jsx";
import { icon } from "./icon.js";
import * as lists from "./lists.jsx";
import { overlays } from "./overlays.jsx";
import { clear } from "./react.jsx";
import { screen } from "./screen.jsx";
import { theme } from "./theme.js";

Globals.assign({ skipAnimation: true });
install({ name: "antd-mobile", look: "android", icon, theme, screen, overlays, clear, components: { ...lists, ...forms } });
