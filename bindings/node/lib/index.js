'use strict';

const { JitError, families, catalogue } = require('./errors');

module.exports = {
  ...require('./access'),
  ...require('./jws'),
  ...require('./jwt'),
  Minter: require('./minter').Minter,
  SigningKey: require('./key').SigningKey,
  Template: require('./template').Template,
  ApprovalRequest: require('./request').ApprovalRequest,
  verifyChain: require('./request').verifyChain,
  ...require('./text'),
  ...require('./verifier'),
  JitError,
  InputError: families.input,
  TokenError: families.token,
  TemplateError: families.template,
  MetadataError: families.metadata,
  RequestError: families.request,
  DecisionError: families.decision,
  GrantError: families.grant,
  ApiError: families.api,
  InternalError: families.internal,
  catalogue,
};
