// Lists, cards, accordions and steps.

import { Card, Checkbox, Collapse, Divider, List, Radio, Slider, Stepper, Switch, Button, Steps } from "antd-mobile";
import { h, words } from "../core/dom.js";
import { mark } from "../core/marks.js";
import { photo } from "../common/picture.js";
import { detail, label, plainControl, rowBadge, rowMark, start, value } from "../common/item.js";
import { drawn, Marked, Slot } from "./react.jsx";

export function section({ title, footer, items }, view) {
  const inset = view.spec.index % 2 === 0;
  const holder = drawn(
    <List mode={inset ? "card" : "default"} header={title && <Slot nodes={words("section_title", title)} />}>
      {items.map((item, at) => <Row key={at} item={item} view={view} />)}
    </List>,
    "rows",
  );
  return [holder, footer ? h("div", { class: "section-footer" }, words("caption", footer)) : null];
}

function Row({ item, view }) {
  const first = start(item, view);
  const end = [value(item), rowBadge(item)].filter(Boolean);
  const plain = item.control && plainControl(item.control, item, view);
  const live = item.control && !plain ? CONTROLS[item.control.type](item.control, item) : null;
  const extra = <span className="row-end"><Slot nodes={end} />{live}{plain && <Slot nodes={plain} />}</span>;
  const state = (row) => (item.disabled === undefined ? {} : { disabled: row.classList.contains("adm-list-item-disabled") });
  return (
    <Marked info={{ ...rowMark(item), state }}>
      <List.Item disabled={Boolean(item.disabled)} prefix={first && <Slot nodes={first} />} description={item.detail && <Slot nodes={detail(item)} />} extra={end.length || item.control ? extra : null}>
        <Slot nodes={label(item)} />
      </List.Item>
    </Marked>
  );
}

const checked = (element) => element.querySelector("input").checked;

const CONTROLS = {
  switch: ({ on }, item) => (
    <Marked info={{ role: "switch", name: item.label, state: (element) => ({ on: element.getAttribute("aria-checked") === "true" }), color: "fill" }}>
      <Switch defaultChecked={on} disabled={Boolean(item.disabled)} />
    </Marked>
  ),
  checkbox: (made, item) => (
    <Marked info={{ role: "checkbox", name: item.label, state: (element) => ({ checked: checked(element) }) }}>
      <Checkbox defaultChecked={made.checked} disabled={Boolean(item.disabled)} />
    </Marked>
  ),
  radio: ({ selected }, item) => (
    <Marked info={{ role: "radio", name: item.label, state: (element) => ({ selected: checked(element) }) }}>
      <Radio defaultChecked={selected} disabled={Boolean(item.disabled)} />
    </Marked>
  ),
  button: ({ label: text }, item) => (
    <Marked info={{ role: "button", name: item.label, text: () => text, color: "fill" }}>
      <Button size="mini" color="primary" shape="rounded" disabled={Boolean(item.disabled)}>{text}</Button>
    </Marked>
  ),
  stepper: ({ value: at, min, max }, item) => <MarkedStepper value={at} min={min} max={max} name={item.label} />,
  slider: (made, item) => <span className="row-range"><MarkedSlider {...made} name={item.label} /></span>,
};

export function MarkedStepper({ value: at, min, max, name }) {
  const number = (element) => Number(element.querySelector("input").value);
  return (
    <Marked info={{ role: "stepper", name, state: (element) => ({ value: number(element) }) }}>
      <Stepper defaultValue={at} min={min} max={max} />
    </Marked>
  );
}

// The thumb's accessible value is what the slider itself holds.
export function MarkedSlider({ value: at, min, max, name }) {
  const now = (element) => Number(Number(element.querySelector("[aria-valuenow]").getAttribute("aria-valuenow")).toFixed(6));
  return (
    <Marked info={{ role: "slider", name, state: (element) => ({ value: now(element) }) }}>
      <Slider defaultValue={at} min={min} max={max} step={(max - min) / 1000} />
    </Marked>
  );
}

export function card({ title, subtitle, picture, body }, view) {
  const top = picture ? photo(picture, view, { class: "card-picture" }) : null;
  const inner = body.map(view.component);
  const holder = drawn(
    <Card title={<Slot nodes={[words("heading", title), subtitle ? h("div", { class: "card-subtitle" }, words("detail", subtitle)) : null]} />}>
      {(top || inner.length > 0) && <Slot nodes={[top, ...inner]} />}
    </Card>,
  );
  mark(holder.firstElementChild, { role: "card", name: title });
  return holder;
}

export function accordion({ items }) {
  const open = items.flatMap(({ expanded }, at) => (expanded ? [String(at)] : []));
  const holder = drawn(
    <Collapse defaultActiveKey={open}>
      {items.map(({ title, text }, at) => (
        <Collapse.Panel key={String(at)} title={<Slot nodes={words("label", title)} />}><Slot nodes={words("text", text)} /></Collapse.Panel>
      ))}
    </Collapse>,
    "accordion",
  );
  const heads = [...holder.querySelectorAll(".adm-collapse-panel-header")];
  heads.forEach((head, at) => {
    const arrow = head.querySelector(".adm-collapse-arrow");
    mark(head, { role: "accordion", name: items[at].title, state: () => ({ expanded: arrow.classList.contains("adm-collapse-arrow-active") }) });
  });
  return holder;
}

const STATUS = { done: "finish", current: "process", todo: "wait" };

export function steps({ items }) {
  const holder = drawn(
    <Steps direction="vertical">
      {items.map(({ title, detail: under, state }, at) => (
        <Steps.Step key={at} status={STATUS[state]} title={<Slot nodes={words("label", title)} />} description={under && <Slot nodes={words("detail", under)} />} />
      ))}
    </Steps>,
  );
  [...holder.querySelectorAll(".adm-step")].forEach((step, at) => {
    const is = (status) => step.classList.contains(`adm-step-status-${status}`);
    mark(step, { role: "step", name: items[at].title, state: () => ({ checked: is("finish"), selected: is("process") }) });
  });
  return holder;
}

export function divider() {
  return drawn(<Divider />);
}
