extension HTTPRequest {
    /// Refuses what could smuggle a second header or request, or leave HTTP.
    func validate() throws(HTTPError) {
        guard url.utf8.starts(with: "http://".utf8) || url.utf8.starts(with: "https://".utf8) else {
            throw invalid("the URL is neither http nor https")
        }
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw invalid("the URL holds a space or a control character")
        }
        guard !method.isEmpty, method.utf8.allSatisfy(isTokenByte) else {
            throw invalid("the method is no HTTP token")
        }
        guard maximumResponseBytes >= 0 else {
            throw invalid("maximumResponseBytes is negative")
        }
        for (name, value) in headers {
            guard !name.isEmpty, name.utf8.allSatisfy(isTokenByte) else {
                throw invalid("a header's name is no HTTP token")
            }
            guard value.utf8.allSatisfy({ $0 != 0x0D && $0 != 0x0A && $0 != 0 }) else {
                // The value may be a key, so it is not shown.
                throw invalid("the value of header \(name) holds a line break or NUL")
            }
        }
    }

    /// Whether a second sending does no more than the first; RFC 9110, section 9.2.2.
    var isIdempotent: Bool {
        switch method {
        case "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE": true
        default: false
        }
    }

    /// The host that messages name, without credentials, port and path.
    package var host: String {
        guard let scheme = url.utf8.firstIndex(of: UInt8(ascii: ":")) else { return "the server" }
        let rest = url.utf8[scheme...].dropFirst(3)
        var authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        if let at = authority.lastIndex(of: UInt8(ascii: "@")) { authority = authority[authority.index(after: at)...] }
        if authority.first == UInt8(ascii: "[") {
            authority = authority.prefix { $0 != UInt8(ascii: "]") }.dropFirst()
        } else {
            authority = authority.prefix { $0 != UInt8(ascii: ":") }
        }
        return authority.isEmpty ? "the server" : String(decoding: authority, as: UTF8.self)
    }

    private func invalid(_ reason: String) -> HTTPError {
        HTTPError(.invalidRequest, "invalid request: \(reason)", wasSent: false)
    }
}

/// Whether a byte may stand in a token; RFC 9110, section 5.6.2.
private func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
        true
    default:
        "!#$%&'*+.^_`|~".utf8.contains(byte)
    }
}
