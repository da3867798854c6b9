// The short way of rendering: the texts are packed into one. JSON would take longer than the rendering itself.
'use strict';

const { isPlainObject, own } = require('./arguments');

/** A template's parts before they are filled, from the addon, and how many of them are values. */
function prepared(text) {
  const unfilled = JSON.parse(text);
  const [titleParts, parts] = [unfilled.titleParts, unfilled.parts].map((all) =>
    all.map((part) => ({ text: part.text, key: own(part).key })),
  );
  const values = (all) => all.filter((part) => part.key !== undefined).length;
  return { titleParts, titleValues: values(titleParts), parts, textValues: values(parts) };
}

/**
 * Reads what `render` is given, each member once: application and subject, and the values by their keys. The text packs
 * them into one, if all of them are texts. Reads nothing if there is anything else.
 */
function pack(metaData, context) {
  if (!isPlainObject(metaData) || !isPlainObject(context)) return undefined;
  if (Object.keys(context).length !== 2 || !Object.hasOwn(context, 'application') || !Object.hasOwn(context, 'subject')) {
    return undefined;
  }
  const { application, subject } = context;
  const keys = Object.keys(metaData);
  const values = new Array(keys.length);
  let short = typeof application === 'string' && typeof subject === 'string';
  let text = short ? `${String.fromCharCode(keys.length)}${application}\0${subject}\0` : '';
  for (let place = 0; place < keys.length; place += 1) {
    const value = metaData[keys[place]];
    values[place] = value;
    if (typeof value === 'string') text += keys[place] + '\0' + value + '\0';
    else short = false;
  }
  // A lone surrogate would arrive as U+FFFD.
  return { text: short && text.isWellFormed() ? text : undefined, origin: { application, subject }, keys, values };
}

/** The values that `pack` read, by their keys. */
function valuesOf({ keys, values }) {
  return Object.fromEntries(keys.map((key, place) => [key, values[place]]));
}

/** Title and text, whole and in parts, from what the addon rendered. */
function unpack(packed, { titleParts, titleValues, parts, textValues }) {
  const start = 1 + titleValues + textValues;
  const middle = start + packed.charCodeAt(0);
  return {
    title: packed.slice(start, middle),
    titleParts: split(packed, titleParts, 1, start),
    text: packed.slice(middle),
    parts: split(packed, parts, 1 + titleValues, middle),
  };
}

/** The parts of the text that begins at `start`. The lengths of its values begin at `length`. */
function split(packed, unfilled, length, start) {
  const parts = new Array(unfilled.length);
  for (let place = 0; place < parts.length; place += 1) {
    const { text, key } = unfilled[place];
    if (key === undefined) {
      parts[place] = { text };
      start += text.length;
    } else {
      const end = start + packed.charCodeAt(length);
      parts[place] = { text: packed.slice(start, end), key };
      start = end;
      length += 1;
    }
  }
  return parts;
}

module.exports = { prepared, pack, valuesOf, unpack };
