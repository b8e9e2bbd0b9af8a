extension HTTPClient {
    /// What is the same for all requests of a client.
    public struct Configuration: Sendable, Hashable {
        /// Which proxy requests go through.
        public enum Proxy: Sendable, Hashable {
            /// The one that `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` name.
            case environment
            /// None, whatever the environment says.
            case none
            /// This one, such as `http://proxy.example:3128`.
            case url(String)
        }

        /// Which versions of HTTP are spoken.
        public enum Version: Sendable, Hashable {
            /// HTTP/2 over TLS where the server offers it, else HTTP/1.1.
            case automatic
            /// HTTP/1.1 only.
            case http1
        }

        /// Which proxy requests go through.
        public var proxy: Proxy
        /// Which versions of HTTP are spoken.
        public var version: Version
        /// A file of certificates in PEM to trust instead of the system's.
        public var certificateAuthorityFile: String?
        /// A folder of certificates to trust, too, named by their hashes as `openssl rehash` names them.
        public var certificateAuthorityDirectory: String?
        /// How many connections to one host may be open; further requests wait, which counts as part of their total
        /// time.
        public var maximumConnectionsPerHost: Int
        /// How many requests may share one HTTP/2 connection, if the server allows as many.
        public var maximumStreamsPerConnection: Int
        /// How many requests to one host may be under way; further ones wait, as for a connection, and hold little.
        public var maximumTransfersPerHost: Int

        /// Makes a configuration.
        public init(
            proxy: Proxy = .environment,
            version: Version = .automatic,
            certificateAuthorityFile: String? = nil,
            certificateAuthorityDirectory: String? = nil,
            maximumConnectionsPerHost: Int = 256,
            maximumStreamsPerConnection: Int = 1_000,
            maximumTransfersPerHost: Int = 1_024
        ) {
            self.proxy = proxy
            self.version = version
            self.certificateAuthorityFile = certificateAuthorityFile
            self.certificateAuthorityDirectory = certificateAuthorityDirectory
            self.maximumConnectionsPerHost = maximumConnectionsPerHost
            self.maximumStreamsPerConnection = maximumStreamsPerConnection
            self.maximumTransfersPerHost = maximumTransfersPerHost
        }

        var mayUseProxy: Bool {
            switch proxy {
            case .environment: CurlLibrary.environmentNamesProxy
            case .none: false
            case .url: true
            }
        }
    }
}
