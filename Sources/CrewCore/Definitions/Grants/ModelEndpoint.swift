/// What the address of a model's endpoint tells about it, without asking anybody.
package struct ModelEndpoint: Sendable, Hashable {
    /// The address, in the one spelling that is taken.
    package let address: WebAddress

    /// Reads an address.
    ///
    /// - Throws: `WebAddress.Refusal` for one that programs read differently, or that holds a user name.
    package init(_ baseURL: String) throws(WebAddress.Refusal) {
        address = try WebAddress(baseURL)
        guard !address.isNumeric || !address.host.contains(":") || IPv6Text.bytes(of: address.host) != nil else {
            throw WebAddress.Refusal("its host is no IPv6 address")
        }
    }

    /// Scheme, host and port, the port only where it is not the scheme's own.
    package var origin: String {
        let host = address.host.contains(":") ? "[\(address.host)]" : address.host
        let port = address.port == (address.scheme == "https" ? 443 : 80) ? "" : ":\(address.port)"
        return "\(address.scheme)://\(host)\(port)"
    }

    /// Whether what is sent there can be read on the way.
    package var isClearText: Bool { address.scheme == "http" }

    /// Whether it is on this machine.
    package var isLoopback: Bool {
        guard address.isNumeric else { return address.host == "localhost" || address.host.hasSuffix(".localhost") }
        guard let bytes = IPv6Text.bytes(of: address.host) else { return address.host.hasPrefix("127.") }
        // What is translated on the way (NAT64, 6to4) leaves the machine, whatever address stands within.
        if IPv6Text.isMapped(bytes) { return bytes[12] == 127 }
        return bytes == [UInt8](repeating: 0, count: 15) + [1]
    }

    /// Whether it is one of the services that a cloud or a local network offers its machines, such as the one that gives
    /// out a machine's credentials.
    package var isLocalService: Bool {
        guard address.isNumeric else { return Self.serviceNames.contains(address.host) }
        guard let bytes = IPv6Text.bytes(of: address.host) else { return Self.isService(address.host) }
        if let four = IPv6Text.embedded(in: bytes) {
            return Self.isService(four.map(String.init).joined(separator: "."))
        }
        // fe80::/10, and fd00:ec2::/32, Amazon's own.
        return (bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80) || bytes.starts(with: [0xFD, 0x00, 0x0E, 0xC2])
    }

    private static let serviceNames = [
        "metadata.google.internal", "metadata.goog", "metadata", "instance-data", "instance-data.ec2.internal",
        "metadata.azure.internal", "metadata.platformequinix.com", "metadata.tencentyun.com", "metadata.packet.net",
    ]

    /// 169.254.0.0/16, and what Azure, Alibaba and Oracle have elsewhere.
    private static func isService(_ host: String) -> Bool {
        host.hasPrefix("169.254.") || ["168.63.129.16", "100.100.100.200", "192.0.0.192"].contains(host)
    }
}

/// Addresses of the internet protocol's sixth version as they are written (RFC 4291, section 2.2).
enum IPv6Text {
    /// The sixteen bytes; `nil` for anything else.
    static func bytes(of text: String) -> [UInt8]? {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard text.contains(":"), halves.count <= 2, let head = groups(halves[0], mayEndInFour: halves.count == 1)
        else { return nil }
        guard halves.count == 2 else { return head.count == 16 ? head : nil }
        guard let tail = groups(halves[1], mayEndInFour: true), head.count + tail.count <= 14 else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    /// The IPv4 address within: mapped (`::ffff:0:0/96`), compatible, translated (NAT64) or 6to4.
    static func embedded(in bytes: [UInt8]) -> [UInt8]? {
        let isTranslated = bytes.starts(with: [0x00, 0x64, 0xFF, 0x9B] + [UInt8](repeating: 0, count: 8))
        let isCompatible = bytes[..<12].allSatisfy { $0 == 0 } && bytes[12] != 0
        if isMapped(bytes) || isTranslated || isCompatible { return Array(bytes[12...]) }
        return bytes.starts(with: [0x20, 0x02]) ? Array(bytes[2..<6]) : nil
    }

    /// Whether it is an IPv4 address of this machine's own network stack (`::ffff:0:0/96`).
    static func isMapped(_ bytes: [UInt8]) -> Bool {
        bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
    }

    private static func groups(_ text: Substring, mayEndInFour: Bool) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        var bytes: [UInt8] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if mayEndInFour, index == parts.count - 1, part.contains(".") {
                let four = part.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
                guard four.count == 4 else { return nil }
                for byte in four {
                    guard let byte else { return nil }
                    bytes.append(byte)
                }
            } else {
                guard (1...4).contains(part.utf8.count), let group = UInt16(part, radix: 16) else { return nil }
                bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
            }
        }
        return bytes
    }
}

extension ModelEndpoint {
    /// An address as it may be shown: without what stands before its `@`, and without the values of its query.
    package static func shown(_ address: String) -> String {
        var shown = address
        let start = shown.firstRange(of: "://")?.upperBound ?? shown.startIndex
        // Whoever writes a password with a slash or a question mark in it means the `@` all the same.
        if (try? ModelEndpoint(address)) == nil, let at = shown[start...].lastIndex(of: "@") {
            shown.replaceSubrange(start..<at, with: "…")
        }
        if let scheme = shown.firstRange(of: "://") {
            let authority = shown[scheme.upperBound...].prefix { !"/?#".contains($0) }
            if let at = authority.lastIndex(of: "@") { shown.replaceSubrange(scheme.upperBound..<at, with: "…") }
        }
        guard let mark = shown.firstIndex(of: "?") else { return shown }
        let query = shown[mark...].dropFirst().split(separator: "&").map { pair in
            pair.hasPrefix("api-version=") ? String(pair) : pair.prefix { $0 != "=" } + "=…"
        }
        return shown[..<mark] + "?" + query.joined(separator: "&")
    }
}
