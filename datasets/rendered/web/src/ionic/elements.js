// Ionic's web components, registered without its lazy loader.

import { initialize } from "@ionic/core/components";
import { defineCustomElement as accordionGroup } from "@ionic/core/components/ion-accordion-group.js";
import { defineCustomElement as accordion } from "@ionic/core/components/ion-accordion.js";
import { defineCustomElement as actionSheet } from "@ionic/core/components/ion-action-sheet.js";
import { defineCustomElement as alert } from "@ionic/core/components/ion-alert.js";
import { defineCustomElement as app } from "@ionic/core/components/ion-app.js";
import { defineCustomElement as avatar } from "@ionic/core/components/ion-avatar.js";
import { defineCustomElement as badge } from "@ionic/core/components/ion-badge.js";
import { defineCustomElement as button } from "@ionic/core/components/ion-button.js";
import { defineCustomElement as buttons } from "@ionic/core/components/ion-buttons.js";
import { defineCustomElement as cardContent } from "@ionic/core/components/ion-card-content.js";
import { defineCustomElement as cardHeader } from "@ionic/core/components/ion-card-header.js";
import { defineCustomElement as cardSubtitle } from "@ionic/core/components/ion-card-subtitle.js";
import { defineCustomElement as cardTitle } from "@ionic/core/components/ion-card-title.js";
import { defineCustomElement as card } from "@ionic/core/components/ion-card.js";
import { defineCustomElement as checkbox } from "@ionic/core/components/ion-checkbox.js";
import { defineCustomElement as chip } from "@ionic/core/components/ion-chip.js";
import { defineCustomElement as content } from "@ionic/core/components/ion-content.js";
import { defineCustomElement as fabButton } from "@ionic/core/components/ion-fab-button.js";
import { defineCustomElement as fab } from "@ionic/core/components/ion-fab.js";
import { defineCustomElement as footer } from "@ionic/core/components/ion-footer.js";
import { defineCustomElement as header } from "@ionic/core/components/ion-header.js";
import { defineCustomElement as icon } from "@ionic/core/components/ion-icon.js";
import { defineCustomElement as input } from "@ionic/core/components/ion-input.js";
import { defineCustomElement as item } from "@ionic/core/components/ion-item.js";
import { defineCustomElement as label } from "@ionic/core/components/ion-label.js";
import { defineCustomElement as list } from "@ionic/core/components/ion-list.js";
import { defineCustomElement as listHeader } from "@ionic/core/components/ion-list-header.js";
import { defineCustomElement as note } from "@ionic/core/components/ion-note.js";
import { defineCustomElement as popover } from "@ionic/core/components/ion-popover.js";
import { defineCustomElement as progressBar } from "@ionic/core/components/ion-progress-bar.js";
import { defineCustomElement as radioGroup } from "@ionic/core/components/ion-radio-group.js";
import { defineCustomElement as radio } from "@ionic/core/components/ion-radio.js";
import { defineCustomElement as range } from "@ionic/core/components/ion-range.js";
import { defineCustomElement as searchbar } from "@ionic/core/components/ion-searchbar.js";
import { defineCustomElement as segmentButton } from "@ionic/core/components/ion-segment-button.js";
import { defineCustomElement as segment } from "@ionic/core/components/ion-segment.js";
import { defineCustomElement as tabBar } from "@ionic/core/components/ion-tab-bar.js";
import { defineCustomElement as tabButton } from "@ionic/core/components/ion-tab-button.js";
import { defineCustomElement as title } from "@ionic/core/components/ion-title.js";
import { defineCustomElement as toast } from "@ionic/core/components/ion-toast.js";
import { defineCustomElement as toggle } from "@ionic/core/components/ion-toggle.js";
import { defineCustomElement as toolbar } from "@ionic/core/components/ion-toolbar.js";

const ALL = [
  accordionGroup, accordion, actionSheet, alert, app, avatar, badge, button, buttons, cardContent, cardHeader,
  cardSubtitle, cardTitle, card, checkbox, chip, content, fabButton, fab, footer, header, icon, input, item, label, list,
  listHeader, note, popover, progressBar, radioGroup, radio, range, searchbar, segmentButton, segment, tabBar, tabButton,
  title, toast, toggle, toolbar,
];

// mode: "ios" or "md", for the life of the page.
export function register(mode) {
  initialize({ mode, animated: false, rippleEffect: false, inputBlurring: false, scrollAssist: false, statusTap: false, focusManagerPriority: [] });
  document.documentElement.setAttribute("mode", mode);
  for (const define of ALL) define();
}
