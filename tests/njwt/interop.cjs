// Mints and verifies tokens with the real njwt: reads one JSON request per line and writes one JSON answer per line.
'use strict';

const RealDate = Date;
let now = 0;
global.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(now);
    else super(...parts);
  }
  static now() {
    return now;
  }
};

const nJwt = require('njwt');

function answer(request) {
  now = request.now * 1000;
  const key = Buffer.from(request.key, 'base64');
  if (request.op === 'verify') {
    return { body: nJwt.verify(request.token, key).body };
  }
  const jwt = nJwt.create(JSON.parse(request.claims), key);
  jwt.setJti(request.jti);
  if (request.expiresAt !== undefined) jwt.setExpiration(request.expiresAt * 1000);
  if (request.claim !== undefined) jwt.setClaim(request.claim[0], request.claim[1]);
  return { token: jwt.compact() };
}

for (const line of require('fs').readFileSync(0, 'utf8').trimEnd().split('\n')) {
  let result;
  try {
    result = answer(JSON.parse(line));
  } catch (error) {
    result = { error: error.message };
  }
  process.stdout.write(JSON.stringify(result) + '\n');
}
