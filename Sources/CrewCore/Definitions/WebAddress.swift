/// An `http` or `https` URL in the one spelling that everybody reads alike.
///
/// URLs are where filters fail: programs differ in what `http://a@b`, `http:\\b`, `127.1` or a full-width dot mean. So
/// nothing is interpreted here: whatever is not plain is refused, and what is sent is written anew from the parts.
package struct WebAddress: Sendable, Hashable {
    /// `http` or `https`.
    package let scheme: String
    /// A name in lower case, an IPv4 address of four decimal numbers, or an IPv6 address without its brackets.
    package let host: String
    /// The port, also where it is the scheme's own.
    package let port: Int
    /// The path and the query, beginning with `/`.
    package let resource: String
    /// Whether ``host`` is an address, not a name.
    package let isNumeric: Bool

    package static let longest = 2_048

    /// Why a text is no address that may be used.
    package struct Refusal: Error, Sendable, Hashable {
        package let message: String
    }

    /// Reads a URL.
    package init(_ text: String) throws(Refusal) {
        guard text.utf8.count <= Self.longest else { throw Refusal("it is longer than \(Self.longest) bytes") }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }) else {
            throw Refusal("it may hold only visible ASCII characters and no `\\`; write others percent-encoded")
        }
        guard let scheme = ["https", "http"].first(where: { text.lowercased().hasPrefix("\($0)://") }) else {
            throw Refusal("it must begin with https:// or http://")
        }
        let rest = text.utf8.dropFirst(scheme.utf8.count + 3)
        let authority = rest.prefix { !"/?#".utf8.contains($0) }
        let tail = rest[authority.endIndex...].prefix { $0 != UInt8(ascii: "#") }
        let resource = String(Substring(tail))
        (host, port, isNumeric) = try Self.authority(String(Substring(authority)), scheme: scheme)
        self.scheme = scheme
        self.resource = resource.hasPrefix("/") ? resource : "/" + resource
    }

    /// The URL, as it is sent.
    package var text: String { "\(origin)\(resource)" }

    /// Scheme, host and port.
    package var origin: String { "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)" }

    /// Where a redirect leads.
    package func resolving(_ location: String) throws(Refusal) -> WebAddress {
        if location.lowercased().hasPrefix("http:") || location.lowercased().hasPrefix("https:") {
            return try WebAddress(location)
        }
        if location.hasPrefix("//") { return try WebAddress("\(scheme):\(location)") }
        if location.hasPrefix("/") { return try WebAddress(origin + location) }
        let path = resource.prefix { $0 != "?" }
        if location.hasPrefix("?") { return try WebAddress(origin + path + location) }
        guard !location.prefix(while: { !"/?#".contains($0) }).contains(":") else {
            throw Refusal("the redirect leaves http and https")
        }
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "/"
        return try WebAddress(origin + folder + location)
    }

    // MARK: - Host and port

    private static func authority(
        _ text: String,
        scheme: String
    ) throws(Refusal) -> (host: String, port: Int, isNumeric: Bool) {
        guard !text.contains("@") else { throw Refusal("it may hold no user name or password") }
        var host = text[...]
        var port = scheme == "https" ? 443 : 80
        if let colon = text.lastIndex(of: ":"), !text[colon...].contains("]") {
            let digits = text[text.index(after: colon)...]
            guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy(isDigit), digits.utf8.first != 0x30,
                let number = Int(digits), number <= 65_535
            else { throw Refusal("its port is no number from 1 to 65535") }
            port = number
            host = text[..<colon]
        }
        if host.hasPrefix("[") {
            guard host.hasSuffix("]"), host.utf8.count > 3 else { throw Refusal("its host is no address") }
            let address = host.dropFirst().dropLast().lowercased()
            let isHexadecimal = address.utf8.allSatisfy { isDigit($0) || "abcdef:.".utf8.contains($0) }
            guard isHexadecimal, address.contains(":") else { throw Refusal("its host is no IPv6 address") }
            return (address, port, true)
        }
        let name = host.lowercased()
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        let isName = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.utf8.first != UInt8(ascii: "-")
                && label.utf8.last != UInt8(ascii: "-")
                && label.utf8.allSatisfy {
                    isDigit($0) || (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
                }
        }
        guard isName, name.utf8.count <= 253, let last = labels.last else {
            throw Refusal("its host is neither a name of letters, digits, `-` and `.`, nor an address")
        }
        // What ends in a number is an address to some programs and a name to others.
        guard last.utf8.allSatisfy(isDigit) || last.hasPrefix("0x") else { return (name, port, false) }
        let isAddress =
            labels.count == 4
            && labels.allSatisfy { label in
                label.utf8.allSatisfy(isDigit) && (label.utf8.count == 1 || label.utf8.first != 0x30)
                    && Int(label).map { $0 <= 255 } ?? false
            }
        guard isAddress else { throw Refusal("an IPv4 address is written as four decimal numbers") }
        return (name, port, true)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

extension WebAddress.Refusal {
    package init(_ message: String) { self.init(message: message) }
}
