package io.trivet.coap;

import io.trivet.base.Bytes;

/// An exchange as a layer hands it on: all is as it was, but for what the layer overrides.
public abstract class WrappedExchange implements Exchange {
  /// As it came to the layer.
  protected final Exchange outer;

  protected WrappedExchange(Exchange outer) {
    this.outer = outer;
  }

  @Override
  public Request request() {
    return outer.request();
  }

  @Override
  public final Bytes token() {
    return outer.token();
  }

  @Override
  public void dismiss() {
    outer.dismiss();
  }

  @Override
  public CoapPeer peer() {
    return outer.peer();
  }

  @Override
  public final boolean isMulticast() {
    return outer.isMulticast();
  }
}
