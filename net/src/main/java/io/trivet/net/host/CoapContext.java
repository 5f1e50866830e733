package io.trivet.net.host;

import io.trivet.base.Randomness;
import io.trivet.broker.BrokerLoop;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.Handler;
import io.trivet.coap.message.DatagramLimits;
import io.trivet.coap.message.Transmission;
import java.util.function.BiFunction;

/// What CoAP is given on every loop.
///
/// @param handler makes the loop's own stack of layers and resources, shared by all its listeners
public record CoapContext(
    Transmission transmission,
    DatagramLimits limits,
    Randomness randomness,
    BiFunction<CoapLoop, BrokerLoop, Handler> handler) {}
