/// IPsec as a whole: the configuration that `trivet ipsec init` writes, strongSwan, two hosts and a wire.
@NullMarked
package io.trivet.lab.ipsec;

import org.jspecify.annotations.NullMarked;
