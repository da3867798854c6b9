// The purchase story: an application asks for an approval, a person approves, and the application acts once.
// @ts-check

import { readFileSync } from 'node:fs';
import { AccessTokenVerifier, JitError, Minter, SigningKey, Template, Verifier } from 'jit-approvals';

const shop = 'msonline.nextlevel3.com';
const host = 'api.nextlevel3.com';

/** @param {string} name */
const read = (name) => readFileSync(new URL(`../purchase/${name}`, import.meta.url), 'utf8');

// The shop and the host share a signing key.
const key = SigningKey.generate();

// The shop: a customer wants a ticket, so the shop prepares a request.
const authToken = new Minter({ key, issuer: shop, audience: host }).mint('kevin');
const body = read('approve.request.json');

// The host: verifies who asks and for whom, and renders what the approver sees.
const origin = new Verifier({ key, issuer: shop, audience: host, requireSubject: true }).origin(authToken);
const directory = /** @type {const} */ ({ people: 'everyone' });
const request = Template.parse(read('approve.template.json')).open({ request: body, origin, directory });

// The approver: reads the text and approves exactly this text.
console.log(`${request.title}\n\n${request.text}\n`);
request.approve({ approver: 'steve@nl3.com', contentHash: request.contentHash, directory });
const accessToken = request.accessToken({ issuer: host, key });

// The shop: verifies the grant and acts. The grant is valid for this purchase only.
const grant = new AccessTokenVerifier({ key, issuer: host, application: shop }).verify(accessToken);
console.log(`grant ${grant.grantId} of request ${grant.approvalRequestId}`);
const { metaData } = JSON.parse(body);
for (const price of ['$1,655', '$1,654', '$1,654']) {
  try {
    request.consume({ metaData: { ...metaData, purchasePrice: price } });
    console.log(`bought for ${price}`);
  } catch (error) {
    if (!(error instanceof JitError)) throw error;
    console.log(`not bought for ${price}: ${error.message}`);
  }
}
console.log(`${request.events.length} events, ${request.status}`);
