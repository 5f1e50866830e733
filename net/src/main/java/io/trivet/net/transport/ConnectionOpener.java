package io.trivet.net.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.trivet.broker.Peer;

/// Seam: what to put behind a transport that is ready.
///
/// Called on the channel's event loop once TCP was accepted, the PROXY header read, and the handshakes of TLS and
/// WebSocket finished. The handler returned becomes the last of the pipeline, is added while the channel is active
/// (it sees `handlerAdded`, and `channelActive` only where nothing came before it), and sees `ByteBuf` both ways,
/// which it must release. What the peer sent together with its handshake follows at once.
@FunctionalInterface
public interface ConnectionOpener {
  ChannelHandler open(Channel channel, Peer peer);
}
