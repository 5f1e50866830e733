/// The resources that ETSI's CoAP plugtest cases ask of a server, served under `--plugtest`.
@org.jspecify.annotations.NullMarked
package io.trivet.coap.plugtest;
