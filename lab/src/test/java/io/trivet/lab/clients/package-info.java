/// Clients that others wrote, let loose on the server as users run it.
@NullMarked
package io.trivet.lab.clients;

import org.jspecify.annotations.NullMarked;
