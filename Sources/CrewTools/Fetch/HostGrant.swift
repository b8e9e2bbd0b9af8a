internal import CrewCore

/// A host that a tool may reach: `en.wikipedia.org`, `example.org:8443`, `http://127.0.0.1:8080`.
struct HostGrant: Sendable, Hashable {
    private let schemes: [String]
    private let host: String
    private let port: Int?

    /// Reads a grant.
    ///
    /// Without a scheme it grants https alone; to an address of this machine, where nothing can listen in, also http.
    init(_ text: String) throws(WebAddress.Refusal) {
        let scheme = text.firstRange(of: "://").map { text[..<$0.lowerBound].lowercased() }
        let address = try WebAddress(scheme == nil ? "https://\(text)" : text)
        guard address.resource == "/", !text.hasSuffix("/"), !text.contains("?"), !text.contains("#") else {
            throw WebAddress.Refusal("a host is granted whole, without a path")
        }
        guard address.host != "localhost", !address.host.hasSuffix(".localhost") else {
            throw WebAddress.Refusal("a name that leads to this machine is not granted; name the address, 127.0.0.1")
        }
        let isLoopback = address.isNumeric && (address.host.hasPrefix("127.") || address.host == "::1")
        schemes = scheme.map { [$0] } ?? (isLoopback ? ["https", "http"] : ["https"])
        host = address.host
        // Where no port is named, that of the scheme is meant.
        port = Self.namesPort(text) ? address.port : nil
    }

    private static func namesPort(_ text: String) -> Bool {
        let authority = text.firstRange(of: "://").map { text[$0.upperBound...] } ?? text[...]
        return authority.lastIndex(of: ":").map { !authority[$0...].contains("]") } ?? false
    }

    /// Whether it grants this address.
    func includes(_ address: WebAddress) -> Bool {
        address.host == host && schemes.contains(address.scheme)
            && address.port == port ?? (address.scheme == "https" ? 443 : 80)
    }
}

extension HostGrant {
    /// Whether it is an address of this machine.
    static func isLoopback(_ text: String) -> Bool {
        guard let endpoint = try? ModelEndpoint(text.contains("://") ? text : "https://\(text)") else { return false }
        return endpoint.address.isNumeric && endpoint.isLoopback
    }
}
