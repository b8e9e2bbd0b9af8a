package import ChatModel

/// Where a chat model is reached, and how.
public struct OpenAIEndpoint: Sendable, Hashable {
    /// How long to wait, in milliseconds.
    public struct Timeouts: Sendable, Hashable {
        /// For a connection, TLS included.
        public var connect: Int
        /// For the first byte of an answer.
        public var firstByte: Int
        /// Between bytes.
        public var idle: Int

        /// Makes timeouts; the whole attempt is bounded by the request's own.
        public init(connect: Int = 5_000, firstByte: Int = 120_000, idle: Int = 300_000) {
            self.connect = connect
            self.firstByte = firstByte
            self.idle = idle
        }
    }

    /// A further header, or a query parameter, of every request.
    public struct Parameter: Sendable, Hashable {
        /// Its name.
        public var name: String
        /// Its value.
        public var value: Secret

        /// Makes a parameter.
        public init(_ name: String, _ value: Secret) {
            self.name = name
            self.value = value
        }
    }

    /// The address under which `chat/completions` lies, such as `https://api.openai.com/v1`.
    public var baseURL: String
    /// The key, for endpoints that want one.
    public var apiKey: Secret?
    /// The organization to bill, for keys that belong to several.
    public var organization: String?
    /// The project to bill, likewise.
    public var project: String?
    /// Further headers.
    public var headers: [Parameter]
    /// Further query parameters.
    public var query: [Parameter]
    /// What must not be seen of the headers and parameters, since some gateways take their key there.
    public var concealed: [Secret]
    /// A file of certificates in PEM to trust instead of the client's.
    public var certificateAuthorityFile: String?
    /// How long to wait.
    public var timeouts: Timeouts
    /// Whether `[DONE]` after a usage report makes a stream whole that does not say why the model stopped.
    ///
    /// Some servers never say; from any other it means that the answer was cut.
    public var finishReasonIsOptional: Bool
    /// Whether its name or address may lead to a service that a cloud or a local network offers its machines, such as
    /// `169.254.169.254`, which gives out credentials.
    public var reachesLocalServices = false

    /// Makes an endpoint; all headers and parameters are concealed unless said otherwise.
    public init(
        baseURL: String = "https://api.openai.com/v1",
        apiKey: Secret? = nil,
        organization: String? = nil,
        project: String? = nil,
        headers: [Parameter] = [],
        query: [Parameter] = [],
        concealed: [Secret]? = nil,
        certificateAuthorityFile: String? = nil,
        timeouts: Timeouts = Timeouts(),
        finishReasonIsOptional: Bool = false
    ) {
        self.baseURL = baseURL
        self.apiKey = apiKey
        self.organization = organization
        self.project = project
        self.headers = headers
        self.query = query
        self.concealed = concealed ?? (headers + query).map(\.value)
        self.certificateAuthorityFile = certificateAuthorityFile
        self.timeouts = timeouts
        self.finishReasonIsOptional = finishReasonIsOptional
    }

    /// Its addresses, with the query parameters.
    package var url: EndpointURL {
        EndpointURL(baseURL, parameters: query.map { ($0.name, $0.value.revealed) })
    }

    /// The header fields of a request for such an answer.
    package func requestHeaders(accept: String) -> [(name: String, value: String)] {
        var fields = [
            (name: "Content-Type", value: "application/json"), (name: "Accept", value: accept),
            (name: "User-Agent", value: "crew"),
        ]
        if let apiKey { fields.append(("Authorization", "Bearer " + apiKey.revealed)) }
        if let organization { fields.append(("OpenAI-Organization", organization)) }
        if let project { fields.append(("OpenAI-Project", project)) }
        for header in headers {
            fields.removeAll { $0.name.lowercased() == header.name.lowercased() }
            fields.append((header.name, header.value.revealed))
        }
        return fields
    }

    /// Takes out of a text what must not appear in one.
    package var secrets: SecretFilter { SecretFilter(((apiKey.map { [$0] } ?? []) + concealed).map(\.revealed)) }
}
