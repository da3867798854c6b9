/** A point in time: a `Date`, or whole Unix seconds. */
export type Time = Date | number;

/** What JSON can hold. A `Date` becomes its ISO text; what is `undefined` is left out. */
export type JsonValue = string | number | boolean | null | Date | JsonValue[] | { [name: string]: JsonValue | undefined };

/** A JSON object. */
export type JsonObject = { [name: string]: JsonValue | undefined };
