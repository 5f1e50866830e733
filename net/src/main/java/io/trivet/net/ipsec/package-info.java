/// Shows, before a listener opens, that the kernel gives it no packet that ESP did not protect (RFC 4301, RFC 4303).
@NullMarked
package io.trivet.net.ipsec;

import org.jspecify.annotations.NullMarked;
