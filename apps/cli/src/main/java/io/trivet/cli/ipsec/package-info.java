/// strongSwan's configuration for a server and its devices, in the form that swanctl reads (swanctl.conf(5)).
@NullMarked
package io.trivet.cli.ipsec;

import org.jspecify.annotations.NullMarked;
