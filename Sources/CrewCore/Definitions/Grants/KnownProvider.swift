import ChatModel

/// Providers of models, the hosts that are theirs, and the variables in which their keys conventionally lie.
package struct KnownProvider: Sendable, Hashable {
    let variables: [String]
    /// Hosts; one that begins with a point stands for all below it.
    let hosts: [String]

    private init(_ variables: String..., hosts: String...) {
        self.variables = variables
        self.hosts = hosts
    }

    /// Whether an endpoint is a provider's own, reached so that nobody else reads what is sent.
    package static func owns(_ endpoint: ModelEndpoint) -> Bool { all.contains { $0.has(endpoint) } }

    /// Whether a variable holds a key that was made for an endpoint.
    package static func issued(_ variable: String, for endpoint: ModelEndpoint) -> Bool {
        all.contains { $0.variables.contains(variable) && $0.has(endpoint) }
    }

    private func has(_ endpoint: ModelEndpoint) -> Bool {
        let address = endpoint.address
        guard address.scheme == "https", address.port == 443, !address.isNumeric else { return false }
        return hosts.contains { $0.hasPrefix(".") ? address.host.hasSuffix($0) : address.host == $0 }
    }

    private static let all = [
        KnownProvider("OPENAI_API_KEY", hosts: "api.openai.com", "eu.api.openai.com", "us.api.openai.com"),
        KnownProvider(
            "AZURE_OPENAI_API_KEY",
            "AZURE_API_KEY",
            hosts: ".openai.azure.com",
            ".services.ai.azure.com",
            ".cognitiveservices.azure.com"
        ),
        KnownProvider("ANTHROPIC_API_KEY", hosts: "api.anthropic.com"),
        KnownProvider(
            "GEMINI_API_KEY",
            "GOOGLE_API_KEY",
            "GOOGLE_GENERATIVE_AI_API_KEY",
            hosts: "generativelanguage.googleapis.com",
            "aiplatform.googleapis.com"
        ),
        KnownProvider("GROQ_API_KEY", hosts: "api.groq.com"),
        KnownProvider("MISTRAL_API_KEY", hosts: "api.mistral.ai"),
        KnownProvider("CODESTRAL_API_KEY", hosts: "codestral.mistral.ai"),
        KnownProvider("DEEPSEEK_API_KEY", hosts: "api.deepseek.com"),
        KnownProvider("OPENROUTER_API_KEY", hosts: "openrouter.ai"),
        KnownProvider("XAI_API_KEY", hosts: "api.x.ai"),
        KnownProvider("TOGETHER_API_KEY", "TOGETHERAI_API_KEY", hosts: "api.together.xyz", "api.together.ai"),
        KnownProvider("FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY", hosts: "api.fireworks.ai"),
        KnownProvider("CEREBRAS_API_KEY", hosts: "api.cerebras.ai"),
        KnownProvider("PERPLEXITY_API_KEY", "PERPLEXITYAI_API_KEY", "PPLX_API_KEY", hosts: "api.perplexity.ai"),
        KnownProvider("COHERE_API_KEY", "CO_API_KEY", hosts: "api.cohere.ai", "api.cohere.com"),
        KnownProvider("HF_TOKEN", "HUGGINGFACE_API_KEY", hosts: "router.huggingface.co"),
        KnownProvider("NVIDIA_API_KEY", "NVIDIA_NIM_API_KEY", hosts: "integrate.api.nvidia.com"),
        KnownProvider("SAMBANOVA_API_KEY", hosts: "api.sambanova.ai"),
        KnownProvider("DEEPINFRA_API_KEY", "DEEPINFRA_TOKEN", hosts: "api.deepinfra.com"),
        KnownProvider("MOONSHOT_API_KEY", hosts: "api.moonshot.ai", "api.moonshot.cn"),
        KnownProvider("ZAI_API_KEY", "ZHIPUAI_API_KEY", hosts: "api.z.ai", "open.bigmodel.cn"),
        KnownProvider("DASHSCOPE_API_KEY", hosts: "dashscope.aliyuncs.com", "dashscope-intl.aliyuncs.com"),
        KnownProvider("AI21_API_KEY", hosts: "api.ai21.com"),
        KnownProvider("GITHUB_TOKEN", hosts: "models.github.ai"),
    ]
}

extension ModelDefinition {
    /// Whether it is said to cost nothing at a provider that bills its calls; OpenRouter marks models that are free.
    package var isUnlikelyFree: Bool {
        guard let price, !Price.free.isAnywhereBelow(price), !model.hasSuffix(":free") else { return false }
        return (try? ModelEndpoint(baseURL ?? "https://api.openai.com/v1")).map(KnownProvider.owns) ?? false
    }
}
