package io.trivet.policy;

/// What happens to a message, a subscription or a connection.
public enum EventKind {
  CONNECT,
  PUBLISH,
  SUBSCRIBE,
  DELIVER,
  WILL,
  RETAIN,
  DISCONNECT,
  AUTHENTICATION_FAILED,
  COAP_GET,
  COAP_PUT,
  COAP_POST,
  COAP_DELETE,
  COAP_FETCH,
  COAP_PATCH,
  COAP_IPATCH,
  COAP_OBSERVE
}
