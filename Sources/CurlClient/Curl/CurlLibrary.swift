import CCurl

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The libcurl that the process runs with, initialised once.
struct CurlLibrary: Sendable {
    let version: UInt32
    private let initialised: Bool

    static let shared = CurlLibrary()

    private init() {
        initialised = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK
        version = crew_curl_version()
    }

    /// Throws when the library at run time is older than what the headers ask for.
    func require() throws(HTTPError) {
        guard initialised, version >= 0x075000 else {
            throw HTTPError(.invalidRequest, "libcurl 7.80.0 or newer is needed", wasSent: false)
        }
    }

    /// Whether HTTP/2 has to stay off.
    ///
    /// From 7.87.0 to 7.88.1 connections pile up when multiplexed over a proxy:
    /// https://github.com/rust-lang/cargo/issues/12234
    func needsHTTP1(withProxy: Bool) -> Bool {
        withProxy && (0x075700...0x075801).contains(version)
    }

    /// Whether the environment may send requests through a proxy.
    static var environmentNamesProxy: Bool {
        ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"].contains { (name: String) in
            getenv(name).map { $0.pointee != 0 } ?? false
        }
    }
}
