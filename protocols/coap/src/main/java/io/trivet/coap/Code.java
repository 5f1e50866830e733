package io.trivet.coap;

import org.jspecify.annotations.Nullable;

/// The code of a message: class 0 for methods, 2, 4 and 5 for responses, 7 for signals (RFC 7252, section 12.1;
/// RFC 8132; RFC 8323, section 5). There is one object for each of the 256.
public final class Code {
  private static final Code[] ALL = all();
  private static final @Nullable String[] NAMES = new @Nullable String[256];

  public static final Code EMPTY = named(0, 0, "Empty");
  public static final Code GET = named(0, 1, "GET");
  public static final Code POST = named(0, 2, "POST");
  public static final Code PUT = named(0, 3, "PUT");
  public static final Code DELETE = named(0, 4, "DELETE");
  public static final Code FETCH = named(0, 5, "FETCH");
  public static final Code PATCH = named(0, 6, "PATCH");
  public static final Code IPATCH = named(0, 7, "iPATCH");

  public static final Code CREATED = named(2, 1, "Created");
  public static final Code DELETED = named(2, 2, "Deleted");
  public static final Code VALID = named(2, 3, "Valid");
  public static final Code CHANGED = named(2, 4, "Changed");
  public static final Code CONTENT = named(2, 5, "Content");
  public static final Code CONTINUE = named(2, 31, "Continue");

  public static final Code BAD_REQUEST = named(4, 0, "Bad Request");
  public static final Code UNAUTHORIZED = named(4, 1, "Unauthorized");
  public static final Code BAD_OPTION = named(4, 2, "Bad Option");
  public static final Code FORBIDDEN = named(4, 3, "Forbidden");
  public static final Code NOT_FOUND = named(4, 4, "Not Found");
  public static final Code METHOD_NOT_ALLOWED = named(4, 5, "Method Not Allowed");
  public static final Code NOT_ACCEPTABLE = named(4, 6, "Not Acceptable");
  public static final Code REQUEST_ENTITY_INCOMPLETE = named(4, 8, "Request Entity Incomplete");
  public static final Code CONFLICT = named(4, 9, "Conflict");
  public static final Code PRECONDITION_FAILED = named(4, 12, "Precondition Failed");
  public static final Code REQUEST_ENTITY_TOO_LARGE = named(4, 13, "Request Entity Too Large");
  public static final Code UNSUPPORTED_CONTENT_FORMAT = named(4, 15, "Unsupported Content-Format");
  public static final Code UNPROCESSABLE_ENTITY = named(4, 22, "Unprocessable Entity");
  public static final Code TOO_MANY_REQUESTS = named(4, 29, "Too Many Requests");

  public static final Code INTERNAL_SERVER_ERROR = named(5, 0, "Internal Server Error");
  public static final Code NOT_IMPLEMENTED = named(5, 1, "Not Implemented");
  public static final Code BAD_GATEWAY = named(5, 2, "Bad Gateway");
  public static final Code SERVICE_UNAVAILABLE = named(5, 3, "Service Unavailable");
  public static final Code GATEWAY_TIMEOUT = named(5, 4, "Gateway Timeout");
  public static final Code PROXYING_NOT_SUPPORTED = named(5, 5, "Proxying Not Supported");
  public static final Code HOP_LIMIT_REACHED = named(5, 8, "Hop Limit Reached");

  public static final Code CSM = named(7, 1, "CSM");
  public static final Code PING = named(7, 2, "Ping");
  public static final Code PONG = named(7, 3, "Pong");
  public static final Code RELEASE = named(7, 4, "Release");
  public static final Code ABORT = named(7, 5, "Abort");

  private final int value;

  private Code(int value) {
    this.value = value;
  }

  private static Code[] all() {
    Code[] codes = new Code[256];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = new Code(i);
    }
    return codes;
  }

  private static Code named(int codeClass, int detail, String name) {
    Code code = ALL[codeClass << 5 | detail];
    NAMES[code.value] = name;
    return code;
  }

  /// @param octet as on the wire; only its lowest eight bits count
  public static Code of(int octet) {
    return ALL[octet & 0xFF];
  }

  /// As on the wire, 0 to 255.
  public int value() {
    return value;
  }

  /// 0 to 7.
  public int codeClass() {
    return value >> 5;
  }

  /// 0 to 31.
  public int detail() {
    return value & 0x1F;
  }

  /// Whether it may name a method; not every one that may is known.
  public boolean isRequest() {
    return codeClass() == 0 && value != 0;
  }

  public boolean isResponse() {
    int c = codeClass();
    return c == 2 || c == 4 || c == 5;
  }

  public boolean isSuccess() {
    return codeClass() == 2;
  }

  public boolean isSignal() {
    return codeClass() == 7;
  }

  /// GET and FETCH: no effect but to read, so that observing makes sense.
  public boolean isRead() {
    return this == GET || this == FETCH;
  }

  /// Such as `2.05 Content` or `0.01 GET`.
  @Override
  public String toString() {
    String name = NAMES[value];
    String number = codeClass() + "." + (detail() < 10 ? "0" : "") + detail();
    return name == null ? number : number + " " + name;
  }
}
