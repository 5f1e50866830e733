/// DTLS 1.2 for datagrams that we read and write ourselves: Scandium's records and handshakes behind a port of ours.
@NullMarked
package io.trivet.net.dtls;

import org.jspecify.annotations.NullMarked;
