import CCurl

/// What the libcurl at run time is and can do.
package struct CurlVersion: Sendable, Hashable {
    /// Its version, such as `8.14.1`.
    package let version: String
    /// The TLS library it uses and that one's version; `nil` when it was built without.
    package let tls: String?
    /// Whether it speaks HTTP/2.
    package let speaksHTTP2: Bool

    /// Asks the library.
    package static func current() -> CurlVersion {
        guard let data = crew_curl_version_info()?.pointee else {
            return CurlVersion(version: "unknown", tls: nil, speaksHTTP2: false)
        }
        return CurlVersion(
            version: data.version.map { String(cString: $0) } ?? "unknown",
            tls: data.ssl_version.map { String(cString: $0) },
            // CURL_VERSION_HTTP2 in https://curl.se/libcurl/c/curl_version_info.html
            speaksHTTP2: data.features & (1 << 16) != 0
        )
    }
}
