/** What `app.mjs` prints, wherever it runs. */
export const EXPECTED = 'Refund $5 to kevin. consumed kevin function';
