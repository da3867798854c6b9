/** A point in time: a `Date`, or whole Unix seconds. */
export type Time = Date | number;

/** A value that JSON can hold. A `Date` becomes its ISO text, and a member that is `undefined` is left out. */
export type JsonValue = string | number | boolean | null | Date | JsonValue[] | { [name: string]: JsonValue | undefined };

/** A JSON object. */
export type JsonObject = { [name: string]: JsonValue | undefined };
