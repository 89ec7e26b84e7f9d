// Material's colours, made from the accent as Android makes them from a wallpaper.

import { argbFromHex, Hct, hexFromArgb, MaterialDynamicColors, SchemeTonalSpot } from "@material/material-color-utilities";

const ROLES = [
  "primary", "onPrimary", "primaryContainer", "onPrimaryContainer", "secondary", "onSecondary", "secondaryContainer",
  "onSecondaryContainer", "tertiary", "onTertiary", "tertiaryContainer", "onTertiaryContainer", "error", "onError",
  "errorContainer", "onErrorContainer", "surface", "onSurface", "surfaceVariant", "onSurfaceVariant", "surfaceContainer",
  "surfaceContainerLow", "surfaceContainerLowest", "surfaceContainerHigh", "surfaceContainerHighest", "inverseSurface",
  "inverseOnSurface", "outline", "outlineVariant", "background", "onBackground",
];

export function theme({ theme: { dark, accent } }, root) {
  const scheme = new SchemeTonalSpot(Hct.fromInt(argbFromHex(accent)), dark, 0);
  const colors = {};
  for (const role of ROLES) {
    colors[role] = hexFromArgb(MaterialDynamicColors[role].getArgb(scheme));
    root.style.setProperty(`--md-sys-color-${role.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, colors[role]);
  }
  const shared = {
    "--accent": colors.primary, "--on-accent": colors.onPrimary, "--bg": colors.surface, "--surface": colors.surfaceContainerLow,
    "--ink": colors.onSurface, "--ink2": colors.onSurfaceVariant, "--line": colors.outlineVariant, "--soft": colors.surfaceContainerHighest,
    "--bubble": colors.surfaceContainerHigh, "--key": colors.surfaceContainerHigh, "--popup": colors.surfaceContainerHigh,
    "--board": colors.surfaceContainer, "--board-key": colors.surfaceContainerLowest, "--board-dim": colors.surfaceContainerHighest,
  };
  for (const [name, value] of Object.entries(shared)) root.style.setProperty(name, value);
}
